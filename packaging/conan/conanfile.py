"""Conan 2: conan create packaging/conan

The libraries stay the system's, as tools/setup installs them: what instruments a library is written
for its version there. Consumers get the CMake package: find_package(filibuster).
"""

import os
import subprocess

from conan import ConanFile
from conan.tools.cmake import CMake, CMakeToolchain, cmake_layout
from conan.tools.files import copy
from conan.tools.system.package_manager import Apt


class FilibusterConan(ConanFile):
    name = "filibuster"
    version = "0.1.0"
    license = "Apache-2.0"
    description = "Finds out what happens to a C++ microservice application when its calls fail"
    topics = ("fault-injection", "microservices", "testing")
    package_type = "static-library"
    settings = "os", "compiler", "build_type", "arch"
    options = {"analyzer": [True, False]}
    default_options = {"analyzer": True}

    def _tree(self):
        return os.path.join(self.recipe_folder, os.pardir, os.pardir)

    def export(self):
        # What follows runs from the cache, where the recipe has nothing around it.
        copy(self, "setup", src=os.path.join(self._tree(), "tools"), dst=self.export_folder)

    def export_sources(self):
        copy(self, "*", src=self._tree(), dst=self.export_sources_folder,
             excludes=("build/*", ".git/*", "*/node_modules/*"))

    def system_requirements(self):
        setup = os.path.join(self.recipe_folder, "setup")
        if not os.path.exists(setup):  # conan install, conan build: in the tree
            setup = os.path.join(self._tree(), "tools", "setup")
        listed = subprocess.run(["bash", setup, "--list"], check=True, capture_output=True, text=True)
        Apt(self).install(listed.stdout.split())

    def layout(self):
        cmake_layout(self)

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["FILIBUSTER_BUILD_TESTS"] = False
        toolchain.cache_variables["FILIBUSTER_BUILD_ANALYZER"] = bool(self.options.analyzer)
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()

    def package_info(self):
        # The package brings its own filibuster-config.cmake.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs.append(os.path.join("lib", "cmake", "filibuster"))
