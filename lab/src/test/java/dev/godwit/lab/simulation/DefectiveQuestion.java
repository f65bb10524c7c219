package dev.godwit.lab.simulation;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.MigrationId;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.DestinationQuestion;
import dev.godwit.driver.Standing;
import java.util.List;

/** Takes a destination that cannot be reached for one that has said no: {@link Defect#SILENCE_IS_A_NO}. */
record DefectiveQuestion(DestinationQuestion question) implements DestinationQuestion {

    /** How a source asks. */
    static DestinationQuestion of(DestinationQuestion question, Defect defect) {
        return defect == Defect.SILENCE_IS_A_NO ? new DefectiveQuestion(question) : question;
    }

    @Override
    public Standing ask(List<String> uris, MigrationId migration, DomainRef guest) {
        try {
            return question.ask(uris, migration, guest);
        } catch (VirtException e) {
            return new Standing(Standing.Answer.BARRED, 0, "nobody says that it runs there");
        }
    }
}
