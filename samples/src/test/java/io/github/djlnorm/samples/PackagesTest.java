package io.github.djlnorm.samples;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.TOP_LEVEL_CLASSES;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.github.djlnorm.testing.Packages;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Which package may use which, and that a class is public only where another package uses it. */
@AnalyzeClasses(packagesOf = Main.class, importOptions = ImportOption.DoNotIncludeTests.class)
class PackagesTest {

    private static final String ROOT = "io.github.djlnorm.samples";
    private static final List<String> STUDIES =
            List.of("studies.batchsize", "studies.dataparallel", "studies.lighting");

    @ArchTest
    static final ArchRule EACH_PACKAGE_USES_ONLY_THOSE_BELOW = Packages.useOnly(ROOT, below());

    @ArchTest
    static final ArchRule A_CLASS_IS_PUBLIC_ONLY_FOR_OTHER_PACKAGES =
            classes()
                    .that(TOP_LEVEL_CLASSES)
                    .and()
                    .arePublic()
                    .and()
                    .doNotBelongToAnyOf(Main.class)
                    .should(beUsedByAnotherPackage());

    private static Map<String, List<String>> below() {
        Map<String, List<String>> below = new LinkedHashMap<>();
        below.put("cli", List.of());
        below.put("plot", List.of());
        below.put("nets", List.of());
        below.put("images", List.of("cli"));
        below.put("data", List.of("cli", "images"));
        below.put("optimizers", List.of("cli"));
        List<String> base = List.copyOf(below.keySet());
        below.put("classification", base);
        List<String> subject = List.copyOf(below.keySet());
        below.put("weights", subject);
        below.put("style", subject);
        below.put("studies", subject);
        List<String> study = Stream.concat(subject.stream(), Stream.of("studies")).toList();
        STUDIES.forEach(name -> below.put(name, study));
        below.put("segmentation", study);
        below.put("", List.copyOf(below.keySet()));
        return below;
    }

    @ArchTest
    static void aPackageIsSmallEnoughToRead(JavaClasses classes) {
        assertThat(Packages.sizes(classes))
                .allSatisfy((name, size) -> assertThat(size).isLessThan(23));
    }

    @ArchTest
    static void theWayDownIsShort(JavaClasses classes) {
        assertThat(Packages.longestWayDown(classes)).hasSizeLessThan(7);
    }

    private static ArchCondition<JavaClass> beUsedByAnotherPackage() {
        return new ArchCondition<>("be used by another package") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean used =
                        type.getDirectDependenciesToSelf().stream()
                                .map(d -> d.getOriginClass().getPackageName())
                                .anyMatch(name -> !name.equals(type.getPackageName()));
                String message = type.getName() + (used ? " is used" : " is public for nobody");
                events.add(new SimpleConditionEvent(type, used, message));
            }
        };
    }
}
