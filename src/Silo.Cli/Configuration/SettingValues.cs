using System.Text.RegularExpressions;
using Silo.Contracts.Problems;

namespace Silo.Cli.Configuration;

/// <summary>A value as somebody wrote it.</summary>
/// <param name="Source">Where, as error texts name it.</param>
/// <param name="Text">The entries of a list or a map stand apart by <see cref="SettingForms.EntrySeparator"/>.</param>
internal sealed record SettingValue(string Source, string Text);

/// <summary>What environment and file say; the environment wins. The command line, which wins over both, is read by the options.</summary>
internal sealed partial class SettingValues
{
    public const string FileVariable = "SILO_CONFIG";

    private readonly Dictionary<string, SettingValue> _values = [];
    private readonly List<string> _problems = [];
    private IReadOnlyDictionary<string, string> _environment = new Dictionary<string, string>();

    public static SettingValues Nothing { get; } = new();

    /// <summary>Everything that is wrong with what was read; values that only a verb can judge are judged by its options.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <param name="environment">All variables.</param>
    /// <param name="file">The configuration file; null for none.</param>
    public static SettingValues Read(IReadOnlyDictionary<string, string> environment, string? file)
    {
        var values = new SettingValues();
        if (file is not null)
        {
            values.AddFile(SettingsFile.Read(file));
        }

        values.AddEnvironment(environment);
        return values;
    }

    public SettingValue? Find(Setting setting) => _values.GetValueOrDefault(setting.Name);

    /// <summary>A variable of other programs; null when it is not set, or empty.</summary>
    public string? Variable(string name) => _environment.GetValueOrDefault(name) is { Length: > 0 } text ? text : null;

    /// <summary>A variable has the entries of a list or a map between commas.</summary>
    public static string FromVariable(Setting setting, string text) => setting.Shape == SettingShape.One ? text : text.Replace(',', SettingForms.EntrySeparator);

    private void AddFile(SettingsFile file)
    {
        _problems.AddRange(file.Problems);
        foreach (var (key, value) in file.Values)
        {
            if (Settings.All.FirstOrDefault(setting => file.KeyOf(setting) == key) is not { } setting)
            {
                _problems.Add(Unknown(value.Source, "setting", key, [.. Settings.All.Select(file.KeyOf)]));
                continue;
            }

            // The whole file is judged, whichever verb reads it: it is wrong for everyone.
            if (setting.Problem(value.Source, value.Text) is { } problem)
            {
                _problems.Add(problem);
            }

            _values[setting.Name] = value;
        }
    }

    private void AddEnvironment(IReadOnlyDictionary<string, string> environment)
    {
        _environment = environment;
        foreach (var setting in Settings.All)
        {
            if (setting.OtherVariable is { } other && Variable(other) is { } text)
            {
                _values[setting.Name] = new SettingValue(other, text);
            }
        }

        foreach (var (name, text) in environment.Where(variable => variable.Value.Length > 0).OrderBy(variable => variable.Key, StringComparer.Ordinal))
        {
            if (Settings.All.FirstOrDefault(setting => setting.Variable == name) is { } setting)
            {
                _values[setting.Name] = new SettingValue(name, FromVariable(setting, text));
            }
            else if (name.StartsWith(Setting.VariablePrefix, StringComparison.Ordinal) && name != FileVariable && !OfOthers().IsMatch(name))
            {
                _problems.Add(Unknown(name, "environment variable", name, [.. Settings.All.Select(known => known.Variable), FileVariable]));
            }
        }
    }

    /// <summary>The prefix that all variables share says nothing about which one was meant, and is easily forgotten.</summary>
    private static string Unknown(string source, string kind, string given, IReadOnlyList<string> known)
    {
        var nearest = NearestName.Among(known.Select(WithoutPrefix), WithoutPrefix(given));
        var hint = nearest is null ? "" : $"; nearest is '{known.First(name => WithoutPrefix(name) == nearest)}'";
        return $"{source} is no {kind} of Silo{hint}. All of them: silo config show";
    }

    private static string WithoutPrefix(string name) => name.StartsWith(Setting.VariablePrefix, StringComparison.Ordinal) ? name[Setting.VariablePrefix.Length..] : name;

    // Kubernetes gives every container such variables for a service named silo; SILO_TEST_ is for the tests' script.
    [GeneratedRegex("^SILO_(TEST_.*|(SERVICE_HOST|SERVICE_PORT|PORT)(_.*)?)$")]
    private static partial Regex OfOthers();
}
