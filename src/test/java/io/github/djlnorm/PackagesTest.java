package io.github.djlnorm;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.github.djlnorm.testing.Packages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which package may use which. */
@AnalyzeClasses(packagesOf = GroupNorm.class, importOptions = ImportOption.DoNotIncludeTests.class)
class PackagesTest {

    private static final String LAYERS = "";

    @ArchTest
    static final ArchRule EACH_PACKAGE_USES_ONLY_THOSE_BELOW =
            Packages.useOnly(GroupNorm.class.getPackageName(), below());

    private static Map<String, List<String>> below() {
        Map<String, List<String>> below = new LinkedHashMap<>();
        below.put("torch", List.of());
        below.put("internal", List.of());
        below.put("internal.kernel", List.of("internal", "torch"));
        below.put("memory", List.of("internal.kernel"));
        below.put(LAYERS, List.of("internal", "internal.kernel"));
        below.put("weights.storage", List.of());
        below.put("weights.format", List.of("internal", "weights.storage"));
        below.put("weights", List.of("internal", "torch", "weights.format", "weights.storage"));
        below.put("conversion", List.of("internal", LAYERS));
        below.put("advice", List.of("internal", LAYERS));
        below.put("convolutional", List.of("internal", "internal.kernel", "torch", LAYERS));
        below.put("parallel", List.of("internal", "torch"));
        below.put("models", List.of("internal", "torch", LAYERS, "convolutional"));
        return below;
    }

    @ArchTest
    static void aPackageIsSmallEnoughToRead(JavaClasses classes) {
        assertThat(Packages.sizes(classes))
                .allSatisfy((name, size) -> assertThat(size).isLessThan(23));
    }

    @ArchTest
    static void theWayDownIsShort(JavaClasses classes) {
        assertThat(Packages.longestWayDown(classes)).hasSizeLessThan(11);
    }

    @ArchTest
    static void theReadmeNamesEachPublicClass(JavaClasses classes) throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        assertThat(classes.stream())
                .filteredOn(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .filteredOn(type -> type.isTopLevelClass())
                .filteredOn(type -> !isForOurselves(type.getPackageName()))
                .map(type -> "`" + type.getSimpleName() + "`")
                .allSatisfy(name -> assertThat(readme).contains(name));
    }

    private static boolean isForOurselves(String name) {
        return name.contains(".internal") || name.startsWith("io.github.djlnorm.weights.");
    }
}
