// Inside the component: AWS::ApiGateway::* and AWS::ApiGatewayV2::* as plain CloudFormation.
#pragma once

#include "template/scope.h"

namespace offstage::templates {

void BuildRawApis(Scope& scope);

}  // namespace offstage::templates
