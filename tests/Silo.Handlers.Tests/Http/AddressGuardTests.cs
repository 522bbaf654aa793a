using System.Net;
using Silo.Handlers.Http;

namespace Silo.Handlers.Tests.Http;

public sealed class AddressGuardTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("10.0.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("100.100.100.200")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("168.63.129.16")]
    [InlineData("169.254.169.254")]
    [InlineData("169.254.170.2")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.192")]
    [InlineData("192.0.2.1")]
    [InlineData("192.88.99.1")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("198.19.255.255")]
    [InlineData("198.51.100.1")]
    [InlineData("203.0.113.1")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.250")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::ffff:0:10.0.0.1")]
    [InlineData("64:ff9b::10.0.0.1")]
    [InlineData("64:ff9b::169.254.169.254")]
    [InlineData("64:ff9b:1::8.8.8.8")]
    [InlineData("100::1")]
    [InlineData("2001::1")]
    [InlineData("2001:0:4136:e378:8000:63bf:3fff:fdd2")]
    [InlineData("2001:2::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::1")]
    [InlineData("2002:a9fe:a9fe::1")]
    [InlineData("2606:4700::5efe:192.168.0.1")]
    [InlineData("2606:4700::200:5efe:10.0.0.1")]
    [InlineData("3fff::1")]
    [InlineData("4000::1")]
    [InlineData("5f00::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fd20:ce::254")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public void Refuse_AddressOffThePublicInternet_SaysWhatItIs(string address)
    {
        var rule = new AddressGuard([]).Refuse("example.com", IPAddress.Parse(address));

        Assert.Contains("is not allowed: it is ", rule, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.167.255.255")]
    [InlineData("223.255.255.255")]
    [InlineData("::ffff:1.1.1.1")]
    [InlineData("64:ff9b::1.1.1.1")]
    [InlineData("2002:101:101::1")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2a00:1450:4001::200e")]
    public void Refuse_PublicAddress_IsAllowed(string address)
    {
        Assert.Null(new AddressGuard([]).Refuse("example.com", IPAddress.Parse(address)));
    }

    [Theory]
    [InlineData("10.1.0.0/16", "10.1.2.3", true)]
    [InlineData("10.1.0.0/16", "10.2.0.1", false)]
    [InlineData("10.1.0.0/16", "::ffff:10.1.2.3", true)]
    [InlineData("10.1.0.0/16", "64:ff9b::10.1.2.3", true)]
    [InlineData("10.1.2.3", "10.1.2.3", true)]
    [InlineData("10.1.2.3", "10.1.2.4", false)]
    [InlineData("fd12::/16", "fd12::1", true)]
    [InlineData("fd12::/16", "fd13::1", false)]
    [InlineData("intranet.example", "10.9.9.9", true)]
    [InlineData("INTRANET.example.", "10.9.9.9", true)]
    [InlineData("other.example", "10.9.9.9", false)]
    public void Refuse_WithAnAllowance_ReachesAsFarAsItSays(string allowed, string address, bool isAllowed)
    {
        Assert.Equal(isAllowed, new AddressGuard([allowed]).Refuse("intranet.example", IPAddress.Parse(address)) is null);
    }

    [Fact]
    public void Options_EntriesThatMeanNothing_AreRefusedTogether()
    {
        var refusal = Assert.Throws<Microsoft.Extensions.Options.OptionsValidationException>(() => new HandlerHarness(configure: options =>
        {
            options.Http.AllowedPrivate.Add("10.0.0.0/33");
            options.Http.AllowedPrivate.Add("a b");
            options.Http.ResponseBytesMax = 0;
            options.Http.TimeoutDefault = TimeSpan.Zero;
        }));

        Assert.Equal(4, refusal.Failures.Count());
        Assert.Contains("10.0.0.0/33", refusal.Message, StringComparison.Ordinal);
    }
}
