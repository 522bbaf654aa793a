using System.Text.RegularExpressions;

namespace Silo.Cli.Configuration;

/// <summary>Settings as lines of <c>SILO_NAME=value</c>, as shells and container tools read them.</summary>
/// <remarks>A value may stand in single quotes, as it is, or in double quotes, with \n, \" and \\ in it. Bare, it ends at a comment.</remarks>
internal static partial class EnvSettings
{
    public static void Read(SettingsFile file, string text)
    {
        var number = 0;
        foreach (var line in text.Split('\n').Select(line => line.Trim()))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (Form().Match(line) is not { Success: true } match)
            {
                file.AddProblemAt($"line {number}", "must be NAME=value; quote a value that has quotes or blanks in it.");
                continue;
            }

            var key = match.Groups["key"].Value;
            var value = Value(match);
            var setting = Settings.All.FirstOrDefault(setting => setting.Variable == key);
            file.Add(key, setting is null ? value : SettingValues.FromVariable(setting, value));
        }
    }

    private static string Value(Match match) =>
        match.Groups["double"] is { Success: true } quoted
            ? Escape().Replace(quoted.Value, escape => escape.Value == "\\n" ? "\n" : escape.Value[1..])
            : match.Groups["single"] is { Success: true } literal ? literal.Value : match.Groups["bare"].Value;

    [GeneratedRegex("""^(export\s+)?(?<key>[A-Za-z_][A-Za-z0-9_]*)=("(?<double>(\\.|[^"\\])*)"|'(?<single>[^']*)'|(?<bare>[^\s'"#]([^\s'"]|[^\S\n]+(?=[^\s'"#]))*)?)(\s+#.*)?$""")]
    private static partial Regex Form();

    [GeneratedRegex(@"\\[n""\\]")]
    private static partial Regex Escape();
}
