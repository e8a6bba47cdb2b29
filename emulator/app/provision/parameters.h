// The parameters of Systems Manager that a deployment has.
#pragma once

#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "ssm/parameter_store.h"
#include "template/stack.h"

namespace offstage::app {

// Those of the template's AWS::SSM::Parameter resources, then those of files
// (Stack::ssm_parameters), then `given`; the last of a name wins. A resource that CloudFormation
// refuses makes none, and the log says why.
std::vector<ssm::Parameter> ToParameters(const templates::Stack& stack,
                                         const templates::SsmParameters& given, TimePoint now,
                                         Log& log);

}  // namespace offstage::app
