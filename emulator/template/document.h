// Reads template files (YAML with CloudFormation's short tags, or JSON) into Nodes.
// Short tags arrive in long form: `!Sub x` becomes {"Fn::Sub": "x"}, `!GetAtt A.b` becomes
// {"Fn::GetAtt": ["A", "b"]}. Hostile text is refused in bounded time and memory.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "template/node.h"

namespace offstage::templates {

struct ReadLimits {
  // CloudFormation takes 1 MB (S3); local templates before packaging may be somewhat larger.
  std::size_t max_bytes = 4 * 1024 * 1024;
  int max_depth = 100;
  // Nodes after aliases are expanded.
  std::size_t max_nodes = 250'000;
  // Of one map.
  std::size_t max_members = 4000;
};

// A slip that readers tolerate, such as a key written twice (the last one counts).
struct ReadWarning {
  Position position;
  std::string message;
};

struct Document {
  Node root;
  std::vector<ReadWarning> warnings;
};

// `name` is the file's name in positions and errors. Errors read "name:line:column: ...".
Result<Document> ParseDocument(std::string_view text, std::string_view name,
                               const ReadLimits& limits = {});

// JSON when the text starts with '{', else YAML, whatever the file's name is.
Result<Document> ReadDocument(const std::filesystem::path& file, std::string_view name,
                              const ReadLimits& limits = {});

}  // namespace offstage::templates
