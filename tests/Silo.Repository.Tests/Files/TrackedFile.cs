using System.Text;

namespace Silo.Repository.Tests.Files;

/// <summary>One file as git knows it: its path from the root with forward slashes, and what is in it.</summary>
internal sealed class TrackedFile(string path, byte[] bytes)
{
    private readonly Lazy<string> _text = new(() => Encoding.UTF8.GetString(bytes));

    public TrackedFile(string path, string text)
        : this(path, Encoding.UTF8.GetBytes(text))
    {
    }

    public string Path { get; } = path;

    public byte[] Bytes { get; } = bytes;

    public string Text => _text.Value;

    public string[] Segments { get; } = path.Split('/');

    public string Name => Segments[^1];

    public string Extension => System.IO.Path.GetExtension(Name);

    public int Lines => Text.Count(c => c == '\n') + (Text.Length == 0 || Text[^1] == '\n' ? 0 : 1);
}
