package dev.godwit.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The layout of virsh 11.3, taken from its own output. */
class TableTest {

    @Test
    void columnsAreAsWideAsTheirWidestCell() {
        Table table = new Table(List.of("Id", "Name", "State", "Title"));
        table.row(List.of("1", "test", "running", ""));
        table.row(List.of("-", "a", "shut off", "my title"));
        assertThat(table.text()).isEqualTo("""
                 Id   Name   State      Title
                ----------------------------------
                 1    test   running   \s
                 -    a      shut off   my title
                """);
    }

    @Test
    void aTableWithoutRowsIsItsHead() {
        assertThat(new Table(List.of("Id", "Name", "State")).text()).isEqualTo("""
                 Id   Name   State
                --------------------
                """);
    }

    @Test
    void wideCharactersTakeTwoColumnsAndMarksNone() {
        Table table = new Table(List.of("Name", "State"));
        table.row(List.of("日本", "x"));
        table.row(List.of("e\u0301e\u0301", "x"));
        assertThat(table.text()).isEqualTo(" Name   State\n---------------\n 日本   x\n e\u0301e\u0301     x\n");
    }

    @Test
    void whatWouldMoveTheCursorIsSpeltOut() {
        Table table = new Table(List.of("Name"));
        table.row(List.of("a\u001b[2Jb\n"));
        assertThat(table.text()).contains(" a\\x1b[2Jb\\x0a\n");
    }

    @Test
    void aRowHasAsManyCellsAsTheHead() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Table(List.of("a", "b")).row(List.of("c")));
    }
}
