// Inside the component: the checks. Each adds what it finds to the report.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "template/document.h"
#include "validate/report.h"

namespace offstage::validate {

using templates::Node;
using templates::Position;

// A template file as written, and where its resources are in the tree.
struct Source {
  // "" for the root, "APIs" for a nested stack.
  std::string path = {};
  std::filesystem::path file = {};
  templates::Document document = {};
  bool uses_sam = false;

  // Empty map when absent.
  const Node& Section(std::string_view name) const;
  std::string PathOf(std::string_view logical_id) const;
};

struct Checks {
  const std::vector<Source>& sources;
  const templates::Stack& stack;
  std::string today;
  Report& report;

  void Add(Severity severity, std::string_view rule, const Position& position, std::string path,
           std::string message, std::string fix = {});
};

void CheckProperties(Checks& checks, const Source& source);
void CheckReferences(Checks& checks, const Source& source);
void CheckTables(Checks& checks, const Source& source);
void CheckPolicies(Checks& checks, const Source& source);
void CheckRoutes(Checks& checks, const Source& source);
// Of the resolved stack: handlers, runtimes, code folders, environment.
void CheckFunctions(Checks& checks);
// What handlers import.
void CheckImports(Checks& checks, const templates::Function& function,
                  const std::filesystem::path& handler_file);

// What becomes of each resource, event and route. `left_out`: what the loader's notes do not say.
void ListFates(Checks& checks, const std::vector<templates::Note>& left_out);

// True for {"Ref": ...}, {"Fn::X": ...} and {"Condition": ...}.
bool IsFunctionCall(const Node& node);
// Calls `visit` with the node and all below it; what returns false is not entered.
void Walk(const Node& node, const std::function<bool(const Node&)>& visit);
// "'x'; did you mean 'y'?" as a fix: "did you mean 'y'?", or "".
std::string DidYouMean(std::string_view name, const std::vector<std::string>& candidates);
// "" for none.
std::string FileNameOf(const Position& position);
// The whole file, or "" when it cannot be read or is larger than a megabyte.
std::string ReadSmallFile(const std::filesystem::path& file);

}  // namespace offstage::validate
