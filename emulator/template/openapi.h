// Inside the component: OpenAPI 2 and 3 documents with API Gateway's extensions.
#pragma once

#include <filesystem>

#include "template/scope.h"

namespace offstage::templates {

// Adds the routes, authorizers, gateway responses and binary media types of `definition`.
void ReadDefinition(Scope& scope, std::string_view logical_id, const Node& definition, Api& api);

// Reads a definition file beside the template; intrinsic functions in it are not resolved, as in
// CloudFormation.
Resolved<Node> ReadDefinitionFile(Scope& scope, const Node& location);

// An authorizer as SAM's Auth.Authorizers writes it.
Authorizer ReadSamAuthorizer(const std::string& name, const Node& written, ApiKind kind);

// "'*'" -> "*": API Gateway's quotes around static values.
std::string Unquote(std::string_view text);

}  // namespace offstage::templates
