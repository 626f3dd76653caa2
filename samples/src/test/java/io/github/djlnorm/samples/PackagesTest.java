package io.github.djlnorm.samples;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.TOP_LEVEL_CLASSES;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.util.List;
import java.util.stream.Stream;

/** Which package may use which, and that a class is public only where another package uses it. */
@AnalyzeClasses(packagesOf = Main.class, importOptions = ImportOption.DoNotIncludeTests.class)
class PackagesTest {

    private static final String ROOT = "io.github.djlnorm.samples";
    private static final List<String> BASE = List.of("cli", "plot", "nets", "data");
    private static final List<String> SUBJECTS = List.of("weights", "style", "studies");
    private static final List<String> STUDIES =
            List.of("studies.batchsize", "studies.dataparallel", "studies.lighting");

    @ArchTest static final ArchRule EACH_PACKAGE_USES_ONLY_THOSE_BELOW = layers();

    @ArchTest
    static final ArchRule A_CLASS_IS_PUBLIC_ONLY_FOR_OTHER_PACKAGES =
            classes()
                    .that(TOP_LEVEL_CLASSES)
                    .and()
                    .arePublic()
                    .and()
                    .doNotBelongToAnyOf(Main.class)
                    .should(beUsedByAnotherPackage());

    /** Each may use what was named before it only, so that there is no circle. */
    private static ArchRule layers() {
        LayeredArchitecture layers =
                layeredArchitecture()
                        .consideringOnlyDependenciesInAnyPackage(ROOT + "..")
                        .ensureAllClassesAreContainedInArchitecture();
        layers = layer(layers, "cli");
        layers = layer(layers, "plot");
        layers = layer(layers, "nets");
        layers = layer(layers, "data", "cli");
        layers = layer(layers, "classification", array(BASE));
        for (String subject : SUBJECTS) {
            layers = layer(layers, subject, array(BASE, "classification"));
        }
        for (String study : STUDIES) {
            layers = layer(layers, study, array(BASE, "classification", "studies"));
        }
        return layers.layer("program")
                .definedBy(ROOT)
                .whereLayer("program")
                .mayNotBeAccessedByAnyLayer();
    }

    private static LayeredArchitecture layer(
            LayeredArchitecture layers, String name, String... below) {
        var rule = layers.layer(name).definedBy(ROOT + "." + name).whereLayer(name);
        return below.length == 0 ? rule.mayNotAccessAnyLayer() : rule.mayOnlyAccessLayers(below);
    }

    private static String[] array(List<String> names, String... more) {
        return Stream.concat(names.stream(), Stream.of(more)).toArray(String[]::new);
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
