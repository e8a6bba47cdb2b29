#include "template/raw_apis.h"

namespace offstage::templates {

void BuildRawApis(Scope& scope) {
  (void)scope;
}

}  // namespace offstage::templates
