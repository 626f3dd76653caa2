package io.github.djlnorm.parity;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.github.djlnorm.testing.Packages;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which package may use which. */
@AnalyzeClasses(
        packagesOf = BlockParity.class,
        importOptions = ImportOption.DoNotIncludeTests.class)
class PackagesTest {

    @ArchTest
    static final ArchRule EACH_PACKAGE_USES_ONLY_THOSE_BELOW =
            Packages.useOnly(BlockParity.class.getPackageName(), below());

    private static Map<String, List<String>> below() {
        Map<String, List<String>> below = new LinkedHashMap<>();
        for (String name :
                List.of(
                        "arrays",
                        "cases",
                        "python",
                        "implementations",
                        "verdict",
                        "report",
                        "",
                        "program")) {
            below.put(name, List.copyOf(below.keySet()));
        }
        return below;
    }

    @ArchTest
    static void aPackageIsSmallEnoughToRead(JavaClasses classes) {
        assertThat(Packages.sizes(classes))
                .allSatisfy((name, size) -> assertThat(size).isLessThan(23));
    }

    @ArchTest
    static void theWayDownIsShort(JavaClasses classes) {
        assertThat(Packages.longestWayDown(classes)).hasSizeLessThan(8);
    }
}
