// OpenAPI documents as the DefinitionBody of a REST API: what `start` reads before it serves.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "base/id.h"
#include "template/loader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace offstage;
  static const std::filesystem::path folder = [] {
    std::string name = (std::filesystem::temp_directory_path() / "openapi-fuzz-XXXXXX").string();
    return std::filesystem::path(::mkdtemp(name.data()) == nullptr ? "." : name);
  }();
  const std::filesystem::path file = folder / "template.yaml";
  {
    std::ofstream out(folder / "api.yaml", std::ios::binary);
    out.write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
    std::ofstream(file) << "Transform: AWS::Serverless-2016-10-31\nResources:\n  Api:\n"
                           "    Type: AWS::Serverless::Api\n"
                           "    Properties: {StageName: Prod, DefinitionUri: api.yaml}\n";
  }
  SeededIds ids(1);
  templates::IdRegistry registry(ids);
  templates::LoadOptions options;
  options.template_file = file;
  static_cast<void>(templates::LoadStack(options, registry));
  return 0;
}
