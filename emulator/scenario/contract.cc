#include "scenario/contract.h"

#include <fmt/format.h>

#include "base/text.h"

namespace offstage::scenario {

namespace {

// The validator speaks JSON Schema draft 4; OpenAPI 3.0 says `nullable`, 3.1 speaks a later draft.
void ToDraft4(Json& node) {
  if (node.is_array()) {
    for (Json& item : node)
      ToDraft4(item);
  }
  if (!node.is_object()) return;
  if (node.value("nullable", Json(false)) == Json(true) && node.contains("type") &&
      node["type"].is_string())
    node["type"] = Json::array({node["type"], "null"});
  if (node.contains("const") && !node.contains("enum") && !node["const"].is_object())
    node["enum"] = Json::array({node["const"]});
  for (const auto& [exclusive, limit] :
       {std::pair("exclusiveMinimum", "minimum"), {"exclusiveMaximum", "maximum"}}) {
    if (!node.contains(exclusive) || !node[exclusive].is_number()) continue;
    node[limit] = node[exclusive];
    node[exclusive] = true;
  }
  for (auto& [key, value] : node.items()) {
    if (key != "example" && key != "examples" && key != "default" && key != "enum") ToDraft4(value);
  }
}

const Json* MemberOf(const Json& node, std::string_view key) {
  if (!node.is_object()) return nullptr;
  const auto found = node.find(key);
  return found == node.end() ? nullptr : &*found;
}

// How well a templated path fits: literal segments count; -1: not at all.
int FitOf(std::string_view pattern, std::string_view path) {
  const auto wanted = Split(pattern, '/');
  const auto given = Split(path, '/');
  int literal = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i].ends_with("+}")) return given.size() > i ? literal : -1;
    if (i >= given.size()) return -1;
    const bool parameter = wanted[i].starts_with('{') && wanted[i].ends_with('}');
    if (parameter ? given[i].empty() : wanted[i] != given[i]) return -1;
    if (!parameter) ++literal;
  }
  return wanted.size() == given.size() ? literal : -1;
}

// "https://api.example.com/v1" and "/v1" give "/v1".
std::string PathOfServer(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme != std::string_view::npos) {
    const auto slash = url.find('/', scheme + 3);
    url = slash == std::string_view::npos ? std::string_view() : url.substr(slash);
  }
  while (url.ends_with('/'))
    url.remove_suffix(1);
  return std::string(url);
}

std::string MediaTypeOf(const http::Reply& reply) {
  const std::string_view type = reply.headers.Get("Content-Type");
  return ToLower(Trim(type.substr(0, type.find(';'))));
}

const Json* FindMedia(const Json& content, const std::string& type) {
  const std::string any_of_kind = type.substr(0, type.find('/')) + "/*";
  for (const std::string& wanted : {type, any_of_kind, std::string("*/*")}) {
    for (const auto& [name, media] : content.items()) {
      if (ToLower(name.substr(0, name.find(';'))) == wanted) return &media;
    }
  }
  return nullptr;
}

std::string NamesOf(const Json& object) {
  std::vector<std::string> names;
  for (const auto& [name, value] : object.items()) {
    if (!name.starts_with("x-")) names.push_back(name);
  }
  return Join(names, ", ");
}

}  // namespace

Result<std::shared_ptr<const Contract>> Contract::Make(Json document, std::string name) {
  const bool versioned =
      document.is_object() && (document.contains("openapi") || document.contains("swagger"));
  const Json* paths = MemberOf(document, "paths");
  if (!versioned || paths == nullptr || !paths->is_object()) {
    return Fail(Error{fmt::format(
        "{} is no OpenAPI document: it needs `openapi` (or `swagger`) and `paths`", name)});
  }
  ToDraft4(document);
  return std::shared_ptr<const Contract>(new Contract(std::move(document), std::move(name)));
}

const Json& Contract::Resolve(const Json& node) const {
  const Json* reference = MemberOf(node, "$ref");
  if (reference == nullptr || !reference->is_string()) return node;
  const auto& text = reference->get_ref<const std::string&>();
  if (!text.starts_with("#/")) return node;
  try {
    return document_.at(Json::json_pointer(text.substr(1)));
  } catch (const Json::exception&) {
    return node;
  }
}

Contract::Operation Contract::FindOperation(const std::string& method,
                                            std::string_view path) const {
  std::vector<std::string> prefixes = {""};
  if (const Json* base = MemberOf(document_, "basePath"); base != nullptr && base->is_string())
    prefixes.push_back(PathOfServer(base->get<std::string>()));
  if (const Json* servers = MemberOf(document_, "servers"); servers != nullptr) {
    for (const Json& server : *servers) {
      const Json* url = MemberOf(server, "url");
      if (url != nullptr && url->is_string())
        prefixes.push_back(PathOfServer(url->get<std::string>()));
    }
  }
  Operation best;
  int most = -1;
  for (const std::string& prefix : prefixes) {
    if (!path.starts_with(prefix)) continue;
    for (const auto& [pattern, item] : document_.at("paths").items()) {
      const int fit = FitOf(pattern, path.substr(prefix.size()));
      if (fit <= most) continue;
      const Json& operations = Resolve(item);
      const Json* operation = MemberOf(operations, ToLower(method));
      if (operation == nullptr) operation = MemberOf(operations, "x-amazon-apigateway-any-method");
      if (operation == nullptr) continue;
      most = fit;
      best = {.path = pattern, .responses = MemberOf(*operation, "responses")};
    }
  }
  return best;
}

std::vector<Mismatch> Contract::Check(const http::Request& request, const http::Reply& reply,
                                      const SchemaCheck& check_schema) const {
  const std::string_view target = request.target;
  const std::string_view path = target.substr(0, target.find('?'));
  const Operation operation = FindOperation(request.method, path);
  const auto mismatch = [this](const std::string& where, std::string expected,
                               std::string actual) -> std::vector<Mismatch> {
    return {{.path = fmt::format("contract {}{}", name_, where),
             .expected = std::move(expected),
             .actual = std::move(actual)}};
  };
  if (operation.path.empty())
    return mismatch("", "a route that is described", request.method + " " + std::string(path));
  const std::string where = fmt::format(" {} {}", request.method, operation.path);
  if (operation.responses == nullptr) return {};
  const std::string status = std::to_string(reply.status);
  const Json* response = MemberOf(*operation.responses, status);
  for (const std::string& wider : {status.substr(0, 1) + "XX", std::string("default")}) {
    if (response == nullptr) response = MemberOf(*operation.responses, wider);
  }
  if (response == nullptr)
    return mismatch(where, "status " + NamesOf(*operation.responses), status);
  const Json& described = Resolve(*response);
  if (const Json* headers = MemberOf(described, "headers")) {
    for (const auto& [name, header] : headers->items()) {
      const bool required = Resolve(header).value("required", Json(false)) == Json(true);
      if (required && reply.headers.Find(name) == nullptr)
        return mismatch(where + " " + status, "the header " + name, "it is absent");
    }
  }
  const std::string wrong =
      request.method == "HEAD" ? "" : CheckBody(described, reply, check_schema);
  if (wrong.empty()) return {};
  return mismatch(where + " " + status, "a body as it is described", wrong);
}

std::string Contract::CheckBody(const Json& response, const http::Reply& reply,
                                const SchemaCheck& check_schema) const {
  // Swagger 2 has the schema here.
  if (const Json* schema = MemberOf(response, "schema"))
    return CheckAgainst(*schema, reply, check_schema);
  const Json* content = MemberOf(response, "content");
  if (content == nullptr || content->empty() || reply.body.empty()) return {};
  const Json* media = FindMedia(*content, MediaTypeOf(reply));
  if (media == nullptr) {
    return fmt::format("Content-Type {}; described are {}", MediaTypeOf(reply), NamesOf(*content));
  }
  const Json* schema = MemberOf(*media, "schema");
  return schema == nullptr ? "" : CheckAgainst(*schema, reply, check_schema);
}

std::string Contract::CheckAgainst(const Json& schema, const http::Reply& reply,
                                   const SchemaCheck& check_schema) const {
  if (!check_schema) return {};
  const auto body = ParseJson(reply.body);
  // A text that is no JSON may be described all the same: {type: string}.
  const Json value = body.ok() ? *body : Json(reply.body);
  Json whole = schema;
  // References begin at the document's root.
  for (const char* root : {"components", "definitions"}) {
    if (const Json* member = MemberOf(document_, root)) whole[root] = *member;
  }
  const Status fits = check_schema(whole, value);
  return fits.ok() ? "" : fits.error().message;
}

}  // namespace offstage::scenario
