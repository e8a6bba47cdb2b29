// Inside the component: SAM's policy templates.
// docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html
#pragma once

#include <string_view>

#include "template/scope.h"

namespace offstage::templates {

// The policy document of the template `name` with `parameters` ({"TableName": ...}, resolved).
Resolved<Node> ExpandPolicyTemplate(Scope& scope, std::string_view name, const Node& parameters,
                                    const Position& position);

}  // namespace offstage::templates
