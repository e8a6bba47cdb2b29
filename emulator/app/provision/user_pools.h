// From a template's AWS::Cognito resources to the user pools of the Cognito component.
#pragma once

#include "base/log.h"
#include "cognito/service.h"
#include "template/stack.h"

namespace offstage::app {

// Makes every pool, client, domain, group, resource server and user of the stack be there, with the
// triggers that SAM's Cognito events add. A resource that the service would refuse is left out and
// named in the log, with its position and the service's words; the others go on (routes that trust
// a pool which is not there are refused by the gateway).
void EnsureUserPools(const templates::Stack& stack, cognito::Service& service, Log& log);

}  // namespace offstage::app
