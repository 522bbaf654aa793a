namespace Silo.Gateway.Security;

/// <summary>Keys in a text file, one per line as <see cref="ApiKey.Line"/>; empty lines and lines that begin with <c>#</c> are passed over.</summary>
public static class ApiKeyFile
{
    /// <summary>A file above this is no key file.</summary>
    public const long BytesMax = 1024 * 1024;

    /// <exception cref="FormatException">What is wrong with the file, all of it, line by line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static IReadOnlyList<ApiKey> Read(string path)
    {
        if (new FileInfo(path) is { Exists: true, Length: > BytesMax } large)
            throw new FormatException($"{path} has {large.Length} bytes: a key file of at most {BytesMax} was expected.");
        var keys = new List<ApiKey>();
        var problems = new List<string>();
        foreach (var (index, line) in File.ReadAllLines(path).Select(line => line.Trim()).Index())
        {
            if (line is "" or ['#', ..])
                continue;
            if (ApiKey.TryParse(line, out var key, out var rule))
                keys.Add(key);
            else
                problems.Add($"{path}:{index + 1} {rule}.");
        }

        if (keys.Count == 0 && problems.Count == 0)
            problems.Add($"{path} has no key: add the line that 'silo keys new' prints.");
        return problems.Count == 0 ? keys : throw new FormatException(string.Join(Environment.NewLine, problems));
    }
}
