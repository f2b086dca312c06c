# Run as a script: -DOUTPUT=embedded_models.cc "-DINPUTS=a.json|b.json"
# Writes the definition of EmbeddedModels() (analyzer/embedded_models.h) with the files' content.
string(REPLACE "|" ";" INPUTS "${INPUTS}")
set(entries "")
foreach(input IN LISTS INPUTS)
  file(READ ${input} text)
  get_filename_component(name ${input} NAME)
  string(APPEND entries "      {\"models/${name}\", R\"model(${text})model\"},\n")
endforeach()
file(WRITE ${OUTPUT} "// Written by cmake/embed.cmake.
#include \"analyzer/embedded_models.h\"

namespace filibuster {

const std::vector<EmbeddedModel>& EmbeddedModels() {
  static const std::vector<EmbeddedModel> models = {
${entries}  };
  return models;
}

}  // namespace filibuster
")
