// Inside the component: what SAM lets the generated role of a function do for its event sources.
#pragma once

#include "template/scope.h"

namespace offstage::templates {

// Adds to function.policies: the secrets and brokers that MQ, Kafka and DocumentDB events read, and
// the places that records go to which a function gives up.
void AddEventPolicies(Scope& scope, const EventSource& event, Function& function);

// A policy with this one statement; nothing when `resource` is empty.
void AddStatement(std::string_view name, std::string_view action, std::string_view resource,
                  const Position& position, Function& function);

}  // namespace offstage::templates
