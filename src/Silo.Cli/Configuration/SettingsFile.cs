namespace Silo.Cli.Configuration;

/// <summary>A configuration file as it was written: keys and values, and what could not be read.</summary>
internal sealed class SettingsFile
{
    /// <summary>No configuration is longer; a file that is was given by mistake.</summary>
    private const long BytesMax = 1024 * 1024;

    private readonly List<string> _problems = [];
    private readonly Dictionary<string, SettingValue> _values = [];
    private readonly string _name;
    private readonly bool _holdsVariables;

    private SettingsFile(string name, bool holdsVariables) => (_name, _holdsVariables) = (name, holdsVariables);

    public IReadOnlyDictionary<string, SettingValue> Values => _values;

    public IReadOnlyList<string> Problems => _problems;

    /// <param name="path">Its name says how it is written: .json, .yaml or .yml, .env.</param>
    public static SettingsFile Read(string path)
    {
        var name = Path.GetFileName(path);
        var extension = Path.GetExtension(path).ToLowerInvariant();
        var file = new SettingsFile(name, extension == ".env");
        Action<SettingsFile, string>? read = extension switch
        {
            ".json" => JsonSettings.Read,
            ".yaml" or ".yml" => YamlSettings.Read,
            ".env" => EnvSettings.Read,
            _ => null,
        };
        if (read is null)
        {
            file.AddProblem($"--config '{path}' must be a .json, .yaml, .yml or .env file.");
        }
        else if (file.Load(path) is { } text)
        {
            read(file, text);
        }

        return file;
    }

    /// <summary>How a setting is called in this file.</summary>
    public string KeyOf(Setting setting) => _holdsVariables ? setting.Variable : setting.Name;

    /// <summary>Whether a key holds settings of its own, which are read as <c>section.key</c>.</summary>
    public bool IsSection(string key) => !_holdsVariables && Settings.All.Any(setting => setting.Name.StartsWith($"{key}{Setting.SectionEnd}", StringComparison.Ordinal));

    public void AddProblem(string problem) => _problems.Add(problem);

    /// <summary>A problem at a key or a line of the file.</summary>
    public void AddProblemAt(string place, string rule) => _problems.Add($"{_name}: {place} {rule}");

    public void Add(string key, string text)
    {
        if (!_values.TryAdd(key, new SettingValue($"{_name}: {key}", text)))
        {
            AddProblemAt(key, "is given twice.");
        }
    }

    /// <summary>The entries of an array, or of an object as <c>name=value</c>.</summary>
    public void Add(string key, SettingShape shape, IReadOnlyList<string> entries)
    {
        if (Settings.All.FirstOrDefault(setting => KeyOf(setting) == key) is { } setting && setting.Shape != shape)
        {
            AddProblemAt(key, setting.Shape switch { SettingShape.One => "must be one value, not several.", SettingShape.List => "must be an array.", _ => "must have names and values." });
        }
        else if (entries.Count > 0)
        {
            Add(key, string.Join(SettingForms.EntrySeparator, entries));
        }
    }

    private string? Load(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            if (stream.Length > BytesMax)
            {
                AddProblem($"--config '{path}' has {stream.Length} bytes; at most {BytesMax} are read.");
                return null;
            }

            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            AddProblem($"--config '{path}' cannot be read: {unreadable.Message}");
            return null;
        }
    }
}
