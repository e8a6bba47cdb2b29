#include "app/provision/request_validation.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"

namespace offstage::app {

namespace {

using templates::Api;
using templates::Node;
using templates::Route;

// What a validator looks at.
struct Checks {
  bool body = false;
  bool parameters = false;
};

bool IsTrue(const Node* node) {
  return node != nullptr && node->AsBool().value_or(false);
}

// {"$ref": "https://apigateway.amazonaws.com/restapis/x/models/Name"}, as the schemas of the
// service refer to models.
std::string ReferenceTo(const std::string& model) {
  return DumpJson(Json{{"$ref", "https://apigateway.amazonaws.com/restapis/x/models/" + model}});
}

// A schema of a definition, its references made those of models.
Json WithModelReferences(Json schema) {
  if (schema.is_object()) {
    const auto reference = schema.find("$ref");
    if (reference != schema.end() && reference->is_string()) {
      const std::string text = reference->get<std::string>();
      if (text.starts_with("#/definitions/") || text.starts_with("#/components/schemas/"))
        return Json::parse(ReferenceTo(text.substr(text.rfind('/') + 1)));
    }
  }
  if (schema.is_structured()) {
    for (Json& member : schema)
      member = WithModelReferences(std::move(member));
  }
  return schema;
}

// AWS::ApiGateway::{Model, RequestValidator} of this API, by what Ref gives.
const templates::Resource* FindOf(const templates::Stack& stack, const Api& api,
                                  std::string_view type, const std::string& id) {
  for (const templates::Resource& resource : stack.resources) {
    if (resource.type == type && resource.physical_id == id &&
        resource.properties.TextOf("RestApiId") == api.api_id)
      return &resource;
  }
  return nullptr;
}

// A raw method: RequestValidatorId, RequestModels, RequestParameters.
std::optional<gateway::RequestValidation> OfMethod(const templates::Stack& stack, const Api& api,
                                                   const Node& method) {
  const templates::Resource* validator =
      FindOf(stack, api, "AWS::ApiGateway::RequestValidator", method.TextOf("RequestValidatorId"));
  if (validator == nullptr) return std::nullopt;
  gateway::RequestValidation validation;
  const Node* parameters = method.Find("RequestParameters");
  if (parameters != nullptr && IsTrue(validator->properties.Find("ValidateRequestParameters"))) {
    for (const auto& parameter : parameters->entries()) {
      if (IsTrue(&parameter.value)) validation.required_parameters.push_back(parameter.key);
    }
  }
  const Node* models = method.Find("RequestModels");
  if (models != nullptr && IsTrue(validator->properties.Find("ValidateRequestBody"))) {
    for (const auto& model : models->entries())
      validation.body_schemas[model.key] = ReferenceTo(model.value.text());
  }
  return validation;
}

Checks ChecksOfDefinition(const Node& definition, const Node& operation) {
  const std::string name =
      operation.TextOf("x-amazon-apigateway-request-validator",
                       definition.TextOf("x-amazon-apigateway-request-validator"));
  const Node* validators = definition.Find("x-amazon-apigateway-request-validators");
  const Node* found = validators == nullptr || name.empty() ? nullptr : validators->Find(name);
  if (found == nullptr) return {};
  return {IsTrue(found->Find("validateRequestBody")),
          IsTrue(found->Find("validateRequestParameters"))};
}

// "query" of OpenAPI is "querystring" here.
std::string SourceOf(const Node& parameter) {
  const std::string in = parameter.TextOf("in");
  return fmt::format("method.request.{}.{}", in == "query" ? "querystring" : in,
                     parameter.TextOf("name"));
}

// An operation of an OpenAPI definition, version 2 or 3.
std::optional<gateway::RequestValidation> OfOperation(const Node& definition,
                                                      const Node& operation) {
  const Checks checks = ChecksOfDefinition(definition, operation);
  if (!checks.body && !checks.parameters) return std::nullopt;
  gateway::RequestValidation validation;
  const Node* parameters = operation.Find("parameters");
  for (const Node& parameter : parameters == nullptr ? std::vector<Node>() : parameters->items()) {
    if (parameter.TextOf("in") == "body") {
      const Node* schema = parameter.Find("schema");
      if (checks.body && schema != nullptr) {
        validation.body_schemas["application/json"] =
            DumpJson(WithModelReferences(templates::ToJson(*schema)));
      }
    } else if (checks.parameters && IsTrue(parameter.Find("required"))) {
      validation.required_parameters.push_back(SourceOf(parameter));
    }
  }
  const Node* content = operation.FindPath("requestBody", "content");
  if (checks.body && content != nullptr) {
    for (const auto& type : content->entries()) {
      const Node* schema = type.value.Find("schema");
      if (schema == nullptr) continue;
      validation.body_schemas[type.key] = DumpJson(WithModelReferences(templates::ToJson(*schema)));
    }
  }
  return validation;
}

// A SAM event: RequestModel {Model, ValidateBody, ValidateParameters}, RequestParameters. The
// parameters are checked only by a validator, which RequestModel alone brings.
std::optional<gateway::RequestValidation> OfEvent(const Node& event) {
  const Node* model = event.Find("RequestModel");
  if (model == nullptr) return std::nullopt;
  const bool body = IsTrue(model->Find("ValidateBody"));
  const bool parameters = IsTrue(model->Find("ValidateParameters"));
  if (!body && !parameters) return std::nullopt;
  gateway::RequestValidation validation;
  if (body) validation.body_schemas["application/json"] = ReferenceTo(model->TextOf("Model"));
  const Node* written = event.Find("RequestParameters");
  for (const Node& item :
       written == nullptr || !parameters ? std::vector<Node>() : written->items()) {
    // "method.request.header.X", which is optional, or {that: {Required: true}}.
    for (const auto& entry : item.entries()) {
      if (IsTrue(entry.value.Find("Required"))) validation.required_parameters.push_back(entry.key);
    }
  }
  return validation;
}

}  // namespace

std::map<std::string, std::string> ModelsOf(const templates::Stack& stack, const Api& api) {
  std::map<std::string, std::string> models;
  // The service's own two.
  models["Empty"] = "{}";
  models["Error"] = R"({"type":"object","properties":{"message":{"type":"string"}}})";
  for (const Node* written :
       {api.definition.Find("definitions"), api.definition.FindPath("components", "schemas"),
        api.properties.Find("Models")}) {
    if (written == nullptr) continue;
    for (const auto& model : written->entries())
      models[model.key] = DumpJson(WithModelReferences(templates::ToJson(model.value)));
  }
  for (const templates::Resource& resource : stack.resources) {
    if (resource.type != "AWS::ApiGateway::Model" ||
        resource.properties.TextOf("RestApiId") != api.api_id)
      continue;
    const Node* schema = resource.properties.Find("Schema");
    if (schema == nullptr) continue;
    models[resource.physical_id] =
        schema->IsString() ? schema->text() : DumpJson(templates::ToJson(*schema));
  }
  return models;
}

std::optional<gateway::RequestValidation> ValidationOf(const templates::Stack& stack,
                                                       const Api& api, const Route& route) {
  if (api.kind != templates::ApiKind::kRest) return std::nullopt;
  if (route.operation.Contains("HttpMethod")) return OfMethod(stack, api, route.operation);
  if (route.operation.IsMap()) return OfOperation(api.definition, route.operation);
  return OfEvent(route.integration);
}

}  // namespace offstage::app
