using System.Buffers.Text;

namespace Silo.Gateway.Requests;

/// <summary>Finds escapes that no text can hold: half of a surrogate pair. They pass as JSON and fail whoever reads the string later.</summary>
internal static class JsonEscapes
{
    public static bool ArePaired(ReadOnlySpan<byte> json)
    {
        var wantsLow = false;
        while (true)
        {
            var next = json.IndexOf((byte)'\\');
            if (wantsLow && next != 0)
                return false;
            if (next < 0 || next + 1 >= json.Length)
                return true;
            json = json[(next + 1)..];
            var unit = json[0] == (byte)'u' && json.Length >= 5 && Utf8Parser.TryParse(json.Slice(1, 4), out ushort value, out var read, 'X') && read == 4
                ? (char)value
                : '\0';
            if (char.IsLowSurrogate(unit) != wantsLow)
                return false;
            wantsLow = char.IsHighSurrogate(unit);
            json = json[(unit == '\0' ? 1 : 5)..];
        }
    }
}
