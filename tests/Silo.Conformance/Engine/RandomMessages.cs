using System.Reflection;
using System.Text.Json.Serialization;

namespace Silo.Conformance.Engine;

/// <summary>Makes messages of any type with random content, seeded: empty and full lists, nulls where they are allowed, zeros where a default differs.</summary>
internal sealed class RandomMessages(int seed)
{
    private static readonly string[] Strings = ["", "a", "node-1", "\"quoted\" \\ back", "ключ", "a\nline", "🂡", "<&>'", new('x', 300)];

    private readonly Random _random = new(seed);
    private readonly NullabilityInfoContext _nullability = new();

    public object Make(Type type, int depth = 0)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return Make(inner, depth);
        }

        return TryMakeScalar(type) ?? TryMakeCollection(type, depth) ?? MakeRecord(type, depth);
    }

    private object? TryMakeScalar(Type type)
    {
        var zero = _random.Next(4) == 0;
        return type switch
        {
            _ when type == typeof(string) => Strings[_random.Next(Strings.Length)],
            _ when type == typeof(int) => zero ? 0 : _random.Next(),
            _ when type == typeof(long) => zero ? 0L : _random.NextInt64(),
            _ when type == typeof(ulong) => zero ? 0UL : (ulong)_random.NextInt64() * 2,
            _ when type == typeof(double) => zero ? 0.0 : _random.NextDouble() * 1000,
            _ when type == typeof(bool) => _random.Next(2) == 0,
            _ when type == typeof(Guid) => NewGuid(),
            _ when type == typeof(TimeSpan) => zero ? TimeSpan.Zero : new TimeSpan(_random.NextInt64(TimeSpan.FromDays(4000).Ticks)),
            _ when type == typeof(DateTimeOffset) => zero ? default : new DateTimeOffset(_random.NextInt64(DateTime.MaxValue.Ticks), TimeSpan.Zero),
            _ when type == typeof(ReadOnlyMemory<byte>) => NewBytes(),
            { IsEnum: true } => Enum.GetValues(type).GetValue(_random.Next(Enum.GetValues(type).Length))!,
            _ => null,
        };
    }

    private object? TryMakeCollection(Type type, int depth)
    {
        if (!type.IsGenericType)
        {
            return null;
        }

        var count = depth > 6 ? 0 : _random.Next(4);
        var arguments = type.GetGenericArguments();
        if (type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            var list = Array.CreateInstance(arguments[0], count);
            for (var i = 0; i < count; i++)
            {
                list.SetValue(Make(arguments[0], depth + 1), i);
            }

            return list;
        }

        return type == typeof(IReadOnlyDictionary<string, string>)
            ? Enumerable.Range(0, count).ToDictionary(i => $"key-{i}", _ => (string)Make(typeof(string)))
            : null;
    }

    private object MakeRecord(Type type, int depth)
    {
        var constructor = type.GetConstructors().OrderByDescending(static one => one.GetParameters().Length).FirstOrDefault(one => !IsCopy(one, type));
        var arguments = constructor?.GetParameters().Select(one => MakeMember(one.ParameterType, _nullability.Create(one), depth)).ToArray();
        var message = constructor is null ? Activator.CreateInstance(type)! : constructor.Invoke(arguments);
        foreach (var property in type.GetProperties().Where(static one => one.CanWrite && one.GetCustomAttribute<JsonIgnoreAttribute>() is null))
        {
            property.SetValue(message, MakeMember(property.PropertyType, _nullability.Create(property), depth));
        }

        return message;
    }

    private object? MakeMember(Type type, NullabilityInfo nullability, int depth) =>
        nullability.ReadState == NullabilityState.Nullable && _random.Next(3) == 0 ? null : Make(type, depth + 1);

    private static bool IsCopy(ConstructorInfo constructor, Type type) =>
        constructor.GetParameters() is [{ ParameterType: var only }] && only == type;

    private Guid NewGuid()
    {
        var bytes = new byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes);
    }

    private ReadOnlyMemory<byte> NewBytes()
    {
        var bytes = new byte[_random.Next(0, 40)];
        _random.NextBytes(bytes);
        return bytes;
    }
}
