// Fn::Transform with AWS::Include: a file's content in place of the function.
#include "base/text.h"
#include "template/intrinsics.h"

namespace offstage::templates {

Resolved<Node> IncludeFile(Scope& scope, const Node& transform, const Position& position) {
  if (transform.IsList() && transform.items().size() == 1) {
    return IncludeFile(scope, transform.items()[0], position);
  }
  const std::string name = transform.TextOf("Name");
  if (name != "AWS::Include") {
    return FailAt(position,
                  fmt::format("the macro '{}' runs on AWS only; AWS::Include is emulated", name),
                  Reason::kNotEmulated);
  }
  const Node* written = transform.FindPath("Parameters", "Location");
  if (written == nullptr) {
    return FailAt(position, "AWS::Include needs Parameters.Location");
  }
  OFFSTAGE_TRY(const std::string location, scope.Text(*written, "Location"));
  std::filesystem::path path(location);
  if (location.find("://") != std::string::npos) {
    path = path.filename();  // what was uploaded may lie beside the template
  }
  path = (scope.folder() / path).lexically_normal();
  OFFSTAGE_TRY(Document document, scope.context().Read(path, position));
  return std::move(document.root);
}

}  // namespace offstage::templates
