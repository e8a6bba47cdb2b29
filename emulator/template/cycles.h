// Inside the component: resources that need each other, which CloudFormation refuses.
#pragma once

#include "template/scope.h"

namespace offstage::templates {

// A note for each group of resources that refer to each other in a circle, through properties or
// DependsOn. SAM's resources count as what they become: a function and its role, an API whose
// definition names its functions, a bucket that notifies a function.
void NoteCycles(Scope& scope);

}  // namespace offstage::templates
