// Inside the component: SAM's connectors, as the permissions that they give functions.
#pragma once

#include "template/scope.h"

namespace offstage::templates {

// Those of the scope, resources and embedded ones, once its functions are built. Other sources than
// functions of the template, and destinations that are none of those known here, are noted.
// docs.aws.amazon.com/serverless-application-model/latest/developerguide/managing-permissions-connectors.html
void ApplyConnectors(Scope& scope);

}  // namespace offstage::templates
