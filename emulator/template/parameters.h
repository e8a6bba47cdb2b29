// Inside the component: the Parameters section.
// docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "template/problem.h"
#include "template/scope.h"

namespace offstage::templates {

// The value of one parameter: `given` (text) or its default, checked against its declaration.
// List types give a list. Things that are worth a note go to `scope`.
Resolved<ParameterState> ResolveParameter(Scope& scope, std::string_view name,
                                          const Node& declaration,
                                          const std::optional<Node>& given);

}  // namespace offstage::templates
