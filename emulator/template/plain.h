// Inside the component: what plain CloudFormation spreads over several resources, put together
// once the whole tree is resolved: APIs, event source mappings, function URLs, permissions of
// roles.
#pragma once

#include "template/scope.h"

namespace offstage::templates {

void BuildPlainResources(LoadContext& context);

// AWS::ApiGateway::* and AWS::ApiGatewayV2::*.
void BuildPlainRestApis(LoadContext& context);
void BuildPlainHttpApis(LoadContext& context);

// An authorizer resource; `kind` is the kind of its API.
Authorizer ReadPlainAuthorizer(const Resource& resource, ApiKind kind);

// CloudFormation's Integration ({Type, Uri, IntegrationResponses ...}) as OpenAPI's extension
// writes it ({type, uri, responses ...}).
Node IntegrationAsOpenApi(const Node& written);

}  // namespace offstage::templates
