// Inside the component: OpenAPI 2 and 3 documents with API Gateway's extensions.
#pragma once

#include <filesystem>

#include "template/scope.h"

namespace offstage::templates {

// Adds the routes, authorizers, gateway responses and binary media types of `definition`.
void ReadDefinition(LoadContext& context, const Node& definition, Api& api);

// "image~1png" stands for image/png; once each.
void AddBinaryMediaType(const std::string& type, Api& api);

// Reads a definition file beside the template; intrinsic functions in it are not resolved, as in
// CloudFormation.
Resolved<Node> ReadDefinitionFile(Scope& scope, const Node& location);

// An authorizer as SAM's Auth.Authorizers writes it.
Authorizer ReadSamAuthorizer(const std::string& name, const Node& written, ApiKind kind);

// "aws_proxy" or "AWS_PROXY" ...
IntegrationKind IntegrationKindOf(std::string_view type);

// "'*'" -> "*": API Gateway's quotes around static values.
std::string Unquote(std::string_view text);

}  // namespace offstage::templates
