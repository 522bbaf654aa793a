namespace Silo.Core.Tasks;

/// <summary>The last lines of a log, bounded in number and in memory: what a handler writes must not grow whatever passes it on. Older lines go first, and are counted.</summary>
public sealed class LogTail
{
    /// <summary>Lines that are kept.</summary>
    public const int LinesMax = 100;

    /// <summary>Characters that are kept, over all lines; twice as many bytes of memory. A single longer line is cut.</summary>
    public const int CharactersMax = 16 * 1024;

    private readonly Queue<string> _lines = new();
    /// <summary>How many lines were given up, oldest first, since the last <see cref="Clear"/>.</summary>
    public int Dropped { get; private set; }

    public int Count => _lines.Count;

    /// <summary>Over all lines that are kept.</summary>
    public int Characters { get; private set; }

    /// <summary>The kept lines, oldest first; a copy.</summary>
    public IReadOnlyList<string> Lines => [.. _lines];

    public void Add(string line)
    {
        var fitted = line.Length <= CharactersMax ? line : line[..CharactersMax];
        while (_lines.Count == LinesMax || Characters + fitted.Length > CharactersMax)
        {
            DropOldest();
        }

        _lines.Enqueue(fitted);
        Characters += fitted.Length;
    }

    /// <param name="lines">Oldest first.</param>
    /// <param name="dropped">Lines before them that were given up already.</param>
    public void Add(IEnumerable<string> lines, int dropped = 0)
    {
        Dropped += dropped;
        foreach (var line in lines)
        {
            Add(line);
        }
    }

    /// <summary>Gives the oldest line up. False when there is none.</summary>
    public bool DropOldest()
    {
        if (!_lines.TryDequeue(out var oldest))
        {
            return false;
        }

        Characters -= oldest.Length;
        Dropped++;
        return true;
    }

    public void Clear()
    {
        _lines.Clear();
        (Characters, Dropped) = (0, 0);
    }
}
