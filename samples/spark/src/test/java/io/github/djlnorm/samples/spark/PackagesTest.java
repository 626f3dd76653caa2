package io.github.djlnorm.samples.spark;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import java.util.stream.Collectors;

/** Steps on Spark know nothing of the commands that ask for them, and both are few. */
@AnalyzeClasses(packagesOf = Main.class, importOptions = ImportOption.DoNotIncludeTests.class)
class PackagesTest {

    @ArchTest
    static final ArchRule TRAINING_USES_NO_COMMAND =
            noClasses()
                    .that()
                    .resideInAPackage("..spark.training")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("..samples.spark");

    @ArchTest
    static void aPackageIsSmallEnoughToRead(JavaClasses classes) {
        Map<String, Long> sizes =
                classes.stream()
                        .filter(JavaClass::isTopLevelClass)
                        .collect(
                                Collectors.groupingBy(
                                        JavaClass::getPackageName, Collectors.counting()));
        assertThat(sizes).hasSize(2);
        assertThat(sizes.values()).allMatch(size -> size < 23);
    }
}
