#include "packaging/rewrite.h"

#include <fstream>
#include <map>

#include "base/text.h"
#include "template/document.h"

namespace offstage::packaging {
namespace {

namespace fs = std::filesystem;
using templates::Entry;
using templates::Node;
using templates::Stack;

// The properties that name a file or folder of the developer's machine, by type.
struct LocalPath {
  std::string_view type;
  std::string_view property;
};
constexpr LocalPath kLocalPaths[] = {
    {"AWS::ApiGateway::RestApi", "BodyS3Location"},
    {"AWS::ApiGatewayV2::Api", "BodyS3Location"},
    {"AWS::AppSync::FunctionConfiguration", "CodeS3Location"},
    {"AWS::AppSync::GraphQLSchema", "DefinitionS3Location"},
    {"AWS::AppSync::Resolver", "CodeS3Location"},
    {"AWS::CloudFormation::Stack", "TemplateURL"},
    {"AWS::Lambda::Function", "Code"},
    {"AWS::Lambda::LayerVersion", "Content"},
    {"AWS::Serverless::Api", "DefinitionUri"},
    {"AWS::Serverless::Application", "Location"},
    {"AWS::Serverless::Function", "CodeUri"},
    {"AWS::Serverless::GraphQLApi", "SchemaUri"},
    {"AWS::Serverless::HttpApi", "DefinitionUri"},
    {"AWS::Serverless::LayerVersion", "ContentUri"},
    {"AWS::Serverless::StateMachine", "DefinitionUri"},
    {"AWS::StepFunctions::StateMachine", "DefinitionS3Location"},
};

bool IsNestedType(std::string_view type) {
  return type == "AWS::Serverless::Application" || type == "AWS::CloudFormation::Stack";
}

// One template of the tree while it is rewritten.
class Rewriter {
 public:
  Rewriter(const Stack& stack, const RewriteOptions& options, fs::path file, std::string path)
      : stack_(stack),
        options_(options),
        file_(std::move(file)),
        path_(std::move(path)),
        folder_(options.output / path_) {}

  // Null: not among those that the stack has.
  Result<int> Run() {
    OFFSTAGE_TRY(templates::Document document,
                 templates::ReadDocument(file_, file_.filename().string()));
    int count = 1;
    Node& root = document.root;
    Includes(root);
    if (Node* globals = root.Find("Globals")) {
      if (Node* function = globals->Find("Function")) {
        LeadBack(*function, "CodeUri");
      }
    }
    Node* resources = root.Find("Resources");
    if (resources != nullptr) {
      for (Entry& resource : resources->entries()) {
        OFFSTAGE_TRY(const int below, Resource(resource));
        count += below;
      }
    }
    OFFSTAGE_TRY_VOID(Write(root));
    return count;
  }

 private:
  std::string PathOf(const std::string& id) const { return path_.empty() ? id : path_ + "/" + id; }

  Result<int> Resource(Entry& resource) {
    const std::string type = resource.value.TextOf("Type");
    Node* properties = resource.value.Find("Properties");
    const std::string path = PathOf(resource.key);
    if (options_.built.count(path) == 1) {
      Node& holder = properties == nullptr || !properties->IsMap()
                         ? resource.value.Set("Properties", Node::Map())
                         : *properties;
      for (const LocalPath& row : kLocalPaths) {
        if (row.type == type) {
          holder.Set(row.property, Node::String(resource.key));
        }
      }
      Asset(resource.value, resource.key);
      return 0;
    }
    if (properties == nullptr) {
      return 0;
    }
    if (IsNestedType(type)) {
      return Nested(path, type, *properties, resource.key);
    }
    for (const LocalPath& row : kLocalPaths) {
      if (row.type == type) {
        LeadBack(*properties, row.property);
      }
    }
    return 0;
  }

  // CDK's metadata wins over the property, for those who read it.
  static void Asset(Node& resource, const std::string& folder) {
    Node* metadata = resource.Find("Metadata");
    if (metadata != nullptr && metadata->Contains("aws:asset:path")) {
      metadata->Set("aws:asset:path", Node::String(folder));
    }
  }

  Result<int> Nested(const std::string& path, const std::string& type, Node& properties,
                     const std::string& id) {
    const std::string_view key =
        type == "AWS::Serverless::Application" ? "Location" : "TemplateURL";
    const templates::Resource* resolved = stack_.FindResource(path);
    const std::string location =
        resolved == nullptr ? properties.TextOf(key) : resolved->properties.TextOf(key);
    const fs::path file = (file_.parent_path() / location).lexically_normal();
    std::error_code error;
    const bool local = !location.empty() && location.find("://") == std::string::npos &&
                       fs::is_regular_file(file, error);
    if (!local) {
      return 0;
    }
    if (resolved == nullptr) {
      LeadBack(properties, key);  // Its condition does not hold: it is not built.
      return 0;
    }
    properties.Set(key, Node::String(id + "/template.yaml"));
    return Rewriter(stack_, options_, file, path).Run();
  }

  // `holder`.`key`, a relative path, as seen from the new place.
  void LeadBack(Node& holder, std::string_view key) {
    Node* value = holder.Find(key);
    if (value == nullptr || !value->IsString() || value->text().empty() ||
        value->text().find("://") != std::string::npos || value->text().front() == '/') {
      return;
    }
    const fs::path old = (file_.parent_path() / value->text()).lexically_normal();
    std::error_code error;
    if (fs::exists(old, error)) {
      *value = Node::String(old.lexically_relative(folder_).string());
    }
  }

  void Includes(Node& node) {
    if (Node* transform = node.Find("Fn::Transform"); transform != nullptr) {
      if (Node* parameters = transform->Find("Parameters")) {
        LeadBack(*parameters, "Location");
      }
    }
    for (Node& item : node.items()) {
      Includes(item);
    }
    for (Entry& entry : node.entries()) {
      Includes(entry.value);
    }
  }

  // JSON is YAML: every reader of templates takes it.
  Status Write(const Node& root) const {
    const fs::path file = options_.staging / path_ / "template.yaml";
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    std::ofstream stream(file, std::ios::binary);
    stream << templates::ToOrderedJson(root).dump(2) << "\n";
    stream.close();
    if (!stream) {
      return Fail(Error{fmt::format("cannot write {}", file.string())});
    }
    return Ok();
  }

  const Stack& stack_;
  const RewriteOptions& options_;
  fs::path file_;
  std::string path_;
  fs::path folder_;
};

}  // namespace

Result<int> RewriteTemplates(const Stack& stack, const RewriteOptions& options) {
  return Rewriter(stack, options, stack.template_file, "").Run();
}

}  // namespace offstage::packaging
