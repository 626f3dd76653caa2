package io.github.djlnorm.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** Compiles what a mutant changed into a folder that goes before the library's classes. */
final class MutantBuild {

    private MutantBuild() {}

    static void run(Mutant mutant, Path root, Path overlay, String classPath)
            throws IOException, InterruptedException {
        Path changed = root.resolve(mutant.file());
        Path sources = Files.createTempDirectory("mutant");
        try (Stream<Path> files = Files.list(changed.getParent())) {
            // The whole package, since the compiler copies constants into the classes that use
            // them.
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, sources.resolve(file.getFileName()));
            }
            Files.writeString(sources.resolve(changed.getFileName()), mutant.source(root));
            Files.createDirectories(overlay);
            if (mutant.isInC()) {
                compileC(mutant, sources, overlay);
            } else {
                compileJava(mutant, sources, overlay, classPath);
            }
        } finally {
            delete(sources);
        }
    }

    private static void compileJava(Mutant mutant, Path sources, Path overlay, String classPath)
            throws IOException {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "-proc:none",
                                "-nowarn",
                                "-d",
                                overlay.toString(),
                                "-cp",
                                classPath));
        try (Stream<Path> files = Files.list(sources)) {
            files.map(Path::toString)
                    .filter(name -> name.endsWith(".java"))
                    .forEach(arguments::add);
        }
        int status =
                ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, arguments.toArray(String[]::new));
        require(status == 0, mutant);
    }

    private static void compileC(Mutant mutant, Path sources, Path overlay)
            throws IOException, InterruptedException {
        ProcessBuilder build =
                new ProcessBuilder(
                        "sh",
                        sources.resolve("build").toString(),
                        overlay.toString(),
                        System.getProperty("java.home"));
        // What a mistake leaves unused is not the compiler's business here.
        build.environment().put("CFLAGS", "-Wno-error");
        int status = build.inheritIO().start().waitFor();
        require(status == 0 && Files.exists(overlay.resolve("native")), mutant);
    }

    private static void require(boolean compiled, Mutant mutant) {
        if (!compiled) {
            throw new IllegalStateException(mutant.name() + " does not compile");
        }
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }
}
