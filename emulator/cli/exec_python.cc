#include "cli/exec_python.h"

#include <cstdlib>
#include <fstream>

namespace offstage::cli {

namespace {

// Python imports `sitecustomize` at its start; the one that ours hides is imported after it.
constexpr char kSiteCustomize[] = R"py("""Written by `offstage exec`; see its PythonRedirect."""
import os
import sys


class Redirect:
    """botocore before 1.31 knows no AWS_ENDPOINT_URL: its clients get it when they are made."""

    def find_spec(self, name, path=None, target=None):
        if name != "botocore.session":
            return None
        sys.meta_path.remove(self)
        import importlib.util
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            provider = sys.modules.get("botocore.configprovider")
            if not hasattr(provider, "ConfiguredEndpointProvider"):
                patch(module.Session)

        spec.loader.exec_module = exec_module
        return spec


def patch(session):
    original = session.create_client

    def create_client(self, service_name, region_name=None, api_version=None, use_ssl=True,
                      verify=None, endpoint_url=None, *rest, **named):
        return original(self, service_name, region_name, api_version, use_ssl, verify,
                        endpoint_url or os.environ["AWS_ENDPOINT_URL"], *rest, **named)

    session.create_client = create_client


if os.environ.get("AWS_ENDPOINT_URL"):
    sys.meta_path.insert(0, Redirect())
here = os.path.dirname(os.path.abspath(__file__))
ours = sys.modules.pop("sitecustomize", None)
paths = sys.path[:]
sys.path[:] = [path for path in sys.path if os.path.abspath(path) != here]
try:
    import sitecustomize
except ImportError:
    if ours is not None:
        sys.modules["sitecustomize"] = ours
finally:
    sys.path[:] = paths
)py";

}  // namespace

Result<std::unique_ptr<PythonRedirect>> PythonRedirect::Make() {
  OFFSTAGE_TRY(auto folder, WorkFolder::Make());
  std::unique_ptr<PythonRedirect> redirect(new PythonRedirect(std::move(folder)));
  const std::filesystem::path file = redirect->folder_->path() / "sitecustomize.py";
  std::ofstream out(file, std::ios::binary);
  out << kSiteCustomize;
  if (!out.flush()) return Fail(Error{"cannot write " + file.string()});
  return redirect;
}

std::string PythonRedirect::PythonPath() const {
  const char* before = std::getenv("PYTHONPATH");  // NOLINT(concurrency-mt-unsafe): one thread
  const bool has_before = before != nullptr && *before != '\0';
  return folder_->path().string() + (has_before ? ":" + std::string(before) : "");
}

}  // namespace offstage::cli
