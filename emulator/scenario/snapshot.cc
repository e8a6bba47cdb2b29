#include "scenario/snapshot.h"

#include <cctype>
#include <fstream>
#include <iterator>

namespace offstage::scenario {

namespace fs = std::filesystem;

fs::path SnapshotFile(const fs::path& folder, const std::string& name) {
  std::string safe;
  for (const char c : name)
    safe.push_back(std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.' ? c
                                                                                            : '_');
  return folder / "__snapshots__" / (safe + ".json");
}

std::vector<Mismatch> CompareSnapshot(const fs::path& file, const Json& actual,
                                      RunOptions::Snapshots mode) {
  if (mode == RunOptions::Snapshots::kUpdate) {
    std::error_code failure;
    fs::create_directories(file.parent_path(), failure);
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << actual.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
    if (out.flush()) return {};
    return {{.path = "snapshot",
             .expected = "to be written",
             .actual = "cannot write " + file.string()}};
  }
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto kept = ParseJson(text);
  if (!in || !kept.ok()) {
    return {
        {.path = "snapshot",
         .expected = file.filename().string(),
         .actual = "there is no such snapshot yet; `offstage test --update-snapshots` writes it"}};
  }
  Node exactly = Node::Map();
  exactly.Set("$exactly", Node::FromJson(*kept));
  return Match(exactly, &actual, "snapshot", {});
}

}  // namespace offstage::scenario
