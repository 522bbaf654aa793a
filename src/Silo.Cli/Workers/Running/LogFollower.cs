using System.Text;

namespace Silo.Cli.Workers.Running;

/// <summary>Reads what is appended to a log, line by line, also after it was begun anew.</summary>
/// <param name="path">It need not be there yet.</param>
/// <param name="position">Where reading begins.</param>
internal sealed class LogFollower(string path, long position)
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _begun = new();
    private long _position = position;

    /// <summary>The lines that were ended since the last call.</summary>
    public IReadOnlyList<string> Read()
    {
        if (!File.Exists(path))
        {
            return [];
        }

        using var file = File.Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length < _position)
        {
            _position = 0;
        }

        file.Position = _position;
        var bytes = new byte[64 << 10];
        var letters = new char[bytes.Length];
        while (file.Read(bytes) is > 0 and var count)
        {
            _position += count;
            _begun.Append(letters, 0, _decoder.GetChars(bytes, 0, count, letters, 0));
        }

        var lines = _begun.ToString().Split('\n');
        _begun.Clear().Append(lines[^1]);
        return lines[..^1];
    }
}
