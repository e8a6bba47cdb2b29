// Inside the component: what SAM's transform does to a template before anything is resolved.
#pragma once

#include <optional>
#include <string_view>

#include "template/scope.h"

namespace offstage::templates {

inline constexpr std::string_view kImplicitRestApi = "ServerlessRestApi";
inline constexpr std::string_view kImplicitHttpApi = "ServerlessHttpApi";

// Merges Globals into the resources and adds the implicit APIs.
void PrepareSam(Scope& scope);

// `global` under `local`: maps merged, lists with the global entries first, anything else local.
// docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
Node MergeGlobal(const Node& global, Node local);

// A resource that SAM generates from another ("MyFunctionRole", "ServerlessRestApiProdStage"),
// added to the scope; null when the id is none of these.
ResourceEntry* FindSamGenerated(Scope& scope, std::string_view id);

// "MyFunction.Version", "MyFunction.Alias", "MyApi.Stage", "MyApi.Deployment"; null: none of these.
Resolved<std::optional<Node>> SamReference(Scope& scope, std::string_view name,
                                           const Position& position);

// "Fn::ForEach::Name", and what to say of one that is left because the transform is not there.
inline bool IsLoop(std::string_view key) {
  return key.rfind("Fn::ForEach::", 0) == 0;
}
inline constexpr std::string_view kLoopsNeed =
    "Fn::ForEach needs 'Transform: AWS::LanguageExtensions'";

// Replaces Fn::ForEach (AWS::LanguageExtensions) everywhere below `node`.
Check ExpandLoops(Scope& scope, Node& node);

}  // namespace offstage::templates
