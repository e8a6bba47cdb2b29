// Inside the component: the Rules section, which judges parameters before anything is made.
#pragma once

#include "template/scope.h"

namespace offstage::templates {

// Fails with the AssertDescription of the first assertion that does not hold.
// docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
Check CheckRules(Scope& scope);

}  // namespace offstage::templates
