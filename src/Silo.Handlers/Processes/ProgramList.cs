namespace Silo.Handlers.Processes;

/// <summary>The programs that tasks may run.</summary>
internal sealed class ProgramList(IEnumerable<string> allowed)
{
    private readonly string[] _allowed = [.. allowed];

    /// <summary>The allowed program that a path leads to, by whatever links; null for none.</summary>
    /// <returns>The path as the settings spell it: a link that the submitter controls is judged once and never run.</returns>
    public string? Find(string file)
    {
        if (_allowed.Contains(file))
            return file;
        var real = RealPathOf(file);
        return real is null ? null : Array.Find(_allowed, program => RealPathOf(program) == real);
    }

    private static string? RealPathOf(string path)
    {
        try
        {
            return RealPath.Of(path);
        }
        catch (IOException)
        {
            // Links that go round lead nowhere.
            return null;
        }
    }
}
