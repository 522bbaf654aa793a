using System.Text;

namespace Silo.Cli.Configuration;

/// <summary>The settings as the page that people read, docs/reference/configuration.md.</summary>
internal static class SettingsReference
{
    private const string Head = """
        # Configuration

        Written by `silo config reference`; the table is the one the program itself reads.

        A setting is taken from the first place that has it: the command line, the environment, the file named by `--config FILE` (or `SILO_CONFIG`), its default. A file
        never wins over the command line. What is wrong, in any of these places, is told all at once, and nothing is started: exit code 2. A key that is not in this table is
        wrong too, and the nearest one is named. `silo config show --origin` prints every value and where it comes from, secrets masked.

        The file's name says how it is written: `.json` (comments allowed; [schema](silo.schema.json)), `.yaml` or `.yml`, or `.env` with lines such as `SILO_SLOTS=4`. One file may
        serve several verbs: what a verb does not use is checked and passed over. Relative paths start at the working folder. Keep secrets in the environment or in a file that only you can read.

        ```yaml
        listen: 127.0.0.1:7070
        slots: 4
        retention: 14d
        label:          # worker: what its tasks can ask for
          zone: eu
        limits:         # up: a key with a dot stands in a section
          backlog: 100000
        ```

        Times are `500ms`, `30s`, `5m`, `2h` or `1d`; sizes are bytes, `512KiB`, `8MiB` or `1GiB`. Several values are an array (or, with names, an object) in JSON and YAML, stand between commas in variables, and are one
        option each on the command line.

        | key | option | variable | default | used by | |
        |---|---|---|---|---|---|

        """;

    public static string Write()
    {
        var page = new StringBuilder(Head.ReplaceLineEndings("\n"));
        foreach (var setting in Settings.All)
        {
            page.Append($"| `{setting.Name}` | `{setting.OptionName} {Cell(setting.ValueName)}` | `{setting.Variable}`{(setting.OtherVariable is { } other ? $", `{other}`" : "")} | {Default(setting)} | {setting.UsedBy} | {Cell(setting.Description)} |\n");
        }

        return page.ToString();
    }

    private static string Default(Setting setting) => setting.DefaultInWords ?? (setting.Default is { } text ? $"`{text}`" : "none");

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
