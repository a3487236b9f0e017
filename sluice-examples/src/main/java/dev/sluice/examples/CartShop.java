package dev.sluice.examples;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;

/** A shop in a MariaDB. Its clock is a row, because stories move theirs by hand. */
final class CartShop implements AutoCloseable {
    /** What the shop takes for now; a shop of a user's has {@code now()} in its place. */
    static final String NOW = "(select at from shop_clock)";

    private static final List<String> TABLES = List.of(
            "create table shop_clock (at datetime(6) not null)",
            "create table users (id int primary key, email varchar(200), name varchar(200), last_activity datetime(6))",
            "create table product (id int primary key, title varchar(200), price decimal(10, 2))",
            "create table cart (user_id int, product_id int, quantity int, index (user_id))",
            "create table orders (user_id int, created_at datetime(6), index (user_id))",
            "insert into product values (1, 'Lamp', 20.00), (2, 'Chair', 100.00), (3, 'Desk', 500.00), (4, 'Ghost', null)");

    private final Connection connection;
    private final InstantSource clock;

    private CartShop(Connection connection, InstantSource clock) {
        this.connection = connection;
        this.clock = clock;
    }

    /** Makes the tables in an empty database. */
    static CartShop open(String jdbc, InstantSource clock) throws SQLException {
        CartShop shop = new CartShop(DriverManager.getConnection(jdbc), clock);
        for (String table : TABLES) {
            shop.run(table);
        }
        shop.run("insert into shop_clock values (?)", time(clock.instant()));
        return shop;
    }

    /** The clock of the shop goes on to that of the story. */
    void keepTime() throws SQLException {
        run("update shop_clock set at = ?", time(clock.instant()));
    }

    /** Somebody who put something into a cart, and then did nothing for {@code idle}. */
    void shopper(int id, String name, Duration idle, int product, int quantity) throws SQLException {
        run(
                "insert into users values (?, ?, ?, ?)",
                id,
                "shopper" + id + "@example.org",
                name,
                time(clock.instant().minus(idle)));
        put(id, product, quantity);
    }

    void put(int id, int product, int quantity) throws SQLException {
        run("insert into cart values (?, ?, ?)", id, product, quantity);
    }

    void take(int id, int product) throws SQLException {
        run("delete from cart where user_id = ? and product_id = ?", id, product);
    }

    void quantity(int id, int quantity) throws SQLException {
        run("update cart set quantity = ? where user_id = ?", quantity, id);
    }

    void order(int id) throws SQLException {
        run("insert into orders values (?, ?)", id, time(clock.instant()));
    }

    private static LocalDateTime time(Instant at) {
        return LocalDateTime.ofInstant(at, ZoneOffset.UTC);
    }

    private void run(String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.execute();
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
