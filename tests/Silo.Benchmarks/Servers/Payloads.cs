using System.Text;

namespace Silo.Benchmarks.Servers;

/// <summary>What the tasks carry.</summary>
internal static class Payloads
{
    /// <summary>A JSON string of this many bytes, quotes included; at least two.</summary>
    public static byte[] OfBytes(int count) => Encoding.UTF8.GetBytes($"\"{new string('x', count - 2)}\"");
}
