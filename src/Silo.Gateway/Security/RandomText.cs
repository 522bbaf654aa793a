using System.Buffers.Text;
using System.Security.Cryptography;

namespace Silo.Gateway.Security;

/// <summary>Secrets that nobody can guess.</summary>
internal static class RandomText
{
    /// <summary>Random bytes as base64url, which headers, cookies and shells take as it is.</summary>
    public static string OfBytes(int count) => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(count));
}
