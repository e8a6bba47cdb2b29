// Inside the component: what becomes of resource types and properties (design, decision 8).
#pragma once

#include <string_view>

#include "template/scope.h"

namespace offstage::templates {

bool IsNestedStack(std::string_view type);

// Of a property of an emulated type; kHonoured for all properties of types that the table lacks
// and for intrinsic wrappers. kRefused: AWS knows no such property, or it is not emulated.
Fate PropertyFate(std::string_view type, std::string_view property);

// Notes for the resource's type and for each of its properties that is not honoured.
void NoteFates(Scope& scope, const ResourceEntry& entry);

}  // namespace offstage::templates
