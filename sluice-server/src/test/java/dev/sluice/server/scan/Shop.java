package dev.sluice.server.scan;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;

/** A shop in a database, with a clock of its own that tests move. */
final class Shop implements AutoCloseable {
    /** Everyone who has items, was idle for a minute or longer, and ordered nothing within the last minute. */
    static final String QUERY = """
            select u.id as user_id, u.email, u.name, c.product_id, c.quantity, p.title, p.price,
                   (select sum(c2.quantity * p2.price) from cart c2 join product p2 on p2.id = c2.product_id
                     where c2.user_id = u.id) as total,
                   (select now from clock) - u.last_activity as idle,
                   u.last_activity as changed_at
              from users u join cart c on c.user_id = u.id join product p on p.id = c.product_id
             where u.last_activity <= (select now from clock) - 60
               and not exists (select 1 from orders o
                                where o.user_id = u.id and o.created_at > (select now from clock) - 60)""";

    static final String GONE = """
            select case when exists (select 1 from orders o where o.user_id = u.id and o.created_at >= u.last_activity)
                        then 'bought' when u.last_activity > (select now from clock) - 60 then 'active again'
                        else 'the cart is empty' end
              from users u where u.id = ?""";

    private final Connection connection;

    Shop(String jdbc) throws SQLException {
        connection = DriverManager.getConnection(jdbc);
        for (String table : new String[] {
            "create table clock (now bigint)",
            "create table users (id integer primary key, email varchar(100), name varchar(100), last_activity bigint)",
            "create table product (id integer primary key, title varchar(100), price decimal(10, 2))",
            "create table cart (user_id integer, product_id integer, quantity integer)",
            "create table orders (user_id integer, created_at bigint)",
            "create index cart_of on cart (user_id)",
            "create index orders_of on orders (user_id)"
        }) {
            run(table);
        }
        run("insert into clock values (0)");
        run("insert into product values (1, 'Lamp', 20.00), (2, 'Chair', 100.00), (3, 'Desk', 500.00)");
    }

    void run(String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }

    /** A user who has been idle for this long. */
    void user(int id, Duration idle) throws SQLException {
        run(
                "insert into users select ?, ?, ?, now - ? from clock",
                id,
                id + "@example.org",
                "User " + id,
                idle.toSeconds());
    }

    void put(int user, int product, int quantity) throws SQLException {
        run("insert into cart values (?, ?, ?)", user, product, quantity);
    }

    void take(int user, int product) throws SQLException {
        run("delete from cart where user_id = ? and product_id = ?", user, product);
    }

    void order(int user) throws SQLException {
        run("insert into orders select ?, now from clock", user);
    }

    void active(int user) throws SQLException {
        run("update users set last_activity = (select now from clock) where id = ?", user);
    }

    void at(long seconds) throws SQLException {
        run("update clock set now = ?", seconds);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
