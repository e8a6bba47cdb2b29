// Inside the component: the Policies property of SAM functions.
#pragma once

#include "template/scope.h"

namespace offstage::templates {

// Fills function.policies: managed policies, documents and SAM's policy templates. What is not
// understood becomes a note; permissions never become more than what was understood.
void ReadPolicies(Scope& scope, const ResourceEntry& entry, const Node& properties,
                  Function& function);

}  // namespace offstage::templates
