// The operations of ssm::Service. Internal to ssm/.
#pragma once

#include "aws/api_error.h"
#include "ssm/service.h"

namespace offstage::ssm {

// Each takes the request and gives the reply, or the service's error.
aws::Outcome<Json> GetParameter(Service& service, const Json& request);
aws::Outcome<Json> GetParameters(Service& service, const Json& request);
aws::Outcome<Json> GetParametersByPath(Service& service, const Json& request);

}  // namespace offstage::ssm
