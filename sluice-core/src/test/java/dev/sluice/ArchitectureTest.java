package dev.sluice;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.constructors;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** The shape of the core, as far as a machine can hold it. */
class ArchitectureTest {

    private static final int MOST_PARAMETERS = 7;

    /** The compiler hands every constructor of an enum the name and the ordinal. */
    private static final int HIDDEN_IN_ENUMS = 2;

    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.sluice")
            .that(JavaClass.Predicates.resideInAPackage("dev.sluice"));

    @Test
    void timeComesFromOutside() {
        ArchRule rule = noClasses()
                .that()
                .doNotHaveSimpleName("SystemTime")
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Clock.class)
                .orShould()
                .callMethod(InstantSource.class, "system")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(Instant.class, "now")
                .because("a decision must be repeatable in a test to the microsecond");
        rule.allowEmptyShould(true).check(CORE);
    }

    @Test
    void namesSayWhatATypeDoes() {
        ArchRule rule = noClasses()
                .should()
                .haveNameMatching(".*(Utils?|Helper|Manager|Impl)$")
                .because("such a name says nothing about what is inside");
        rule.allowEmptyShould(true).check(CORE);
    }

    @Test
    void constructorsTakeAtMostSevenParameters() {
        ArchRule rule = constructors().should(takeAtMost(MOST_PARAMETERS)).because("a longer list is a missing type");
        rule.allowEmptyShould(true).check(CORE);
    }

    private static ArchCondition<JavaConstructor> takeAtMost(int most) {
        return new ArchCondition<>("take at most " + most + " parameters") {
            @Override
            public void check(JavaConstructor constructor, ConditionEvents events) {
                int hidden = constructor.getOwner().isEnum() ? HIDDEN_IN_ENUMS : 0;
                int count = constructor.getRawParameterTypes().size() - hidden;
                String message =
                        constructor.getDescription() + " takes " + count + " in " + constructor.getSourceCodeLocation();
                events.add(new SimpleConditionEvent(constructor, count <= most, message));
            }
        };
    }
}
